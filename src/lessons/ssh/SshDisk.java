package lessons.ssh;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.server.session.ServerSession;
import org.apache.sshd.sftp.server.FileHandle;
import org.apache.sshd.sftp.server.Handle;
import org.apache.sshd.sftp.server.SftpEventListener;

/** Le disque d'une machine, vu par SFTP : il compte les fichiers, et, en panne, change le premier octet de chacun. */
final class SshDisk implements SftpEventListener {

    private final Path home;
    private final AtomicInteger transfers = new AtomicInteger();
    private volatile boolean bad;

    SshDisk(Path home) {
        this.home = home;
    }

    int transfers() {
        return transfers.get();
    }

    /** Le met en panne, pour toujours. */
    void spoil() {
        bad = true;
    }

    @Override
    public void closed(ServerSession session, String remoteHandle, Handle handle, Throwable thrown) throws IOException {
        if (!(handle instanceof FileHandle)) return;
        transfers.incrementAndGet();
        if (!bad) return;
        var file = home.resolve(home.getFileSystem().getPath(handle.getFile().toString().substring(1)));
        var bytes = Files.readAllBytes(file);
        if (bytes.length == 0) return;
        bytes[0] ^= 1;
        Files.write(file, bytes);
    }
}
