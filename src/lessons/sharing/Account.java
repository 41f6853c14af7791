package lessons.sharing;

import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/**
 * Un compte en banque. Son verrou est, au choix, l'objet lui-même ({@code synchronized (account)}) ou {@link #lock()} : jamais les deux.
 * Il ne se protège pas tout seul : lire le solde, puis l'écrire, sont deux gestes.
 */
public final class Account {

    /** Ce que la vérification fait à chaque lecture et à chaque écriture d'un solde. */
    interface Probe {
        void read(Account account);

        void write(Account account);
    }

    private static final Probe NONE = new Probe() {
        @Override
        public void read(Account account) {}

        @Override
        public void write(Account account) {}
    };

    /** Un verrou qui sait qui le tient et qui l'attend, et dont on peut renvoyer ceux qui l'attendraient pour toujours. */
    private static final class AccountLock extends ReentrantLock {
        private final Set<Thread> waiting = ConcurrentHashMap.newKeySet();
        private final Set<Thread> trying = ConcurrentHashMap.newKeySet();
        private volatile boolean abandoned;

        @Override
        public void lock() {
            var interrupted = false;
            waiting.add(Thread.currentThread());
            try {
                while (!abandoned)
                    try {
                        if (super.tryLock(50, TimeUnit.MILLISECONDS)) return;
                    } catch (InterruptedException e) {
                        interrupted = true;
                    }
                throw new IllegalStateException("ce verrou n’a jamais été rendu");
            } finally {
                waiting.remove(Thread.currentThread());
                if (interrupted) Thread.currentThread().interrupt();
            }
        }

        @Override
        public void lockInterruptibly() throws InterruptedException {
            waiting.add(Thread.currentThread());
            try {
                super.lockInterruptibly();
            } finally {
                waiting.remove(Thread.currentThread());
            }
        }

        @Override
        public boolean tryLock() {
            trying.add(Thread.currentThread());
            return super.tryLock();
        }

        @Override
        public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
            trying.add(Thread.currentThread());
            return super.tryLock(timeout, unit);
        }

        boolean isHeldBy(Thread thread) {
            return getOwner() == thread;
        }
    }

    private final int number;
    private final AccountLock lock = new AccountLock();
    private Probe probe = NONE;
    private boolean closed;
    private int balance;

    /** @param number son numéro : il n'y en a pas deux semblables */
    public Account(int number, int balance) {
        this.number = number;
        this.balance = balance;
    }

    public int number() {
        return number;
    }

    /**
     * Le solde, en euros.
     *
     * @throws IllegalStateException si le compte est fermé
     */
    public int balance() {
        if (closed) throw new IllegalStateException("le compte " + number + " est fermé");
        var read = balance;
        probe.read(this);
        return read;
    }

    /** Remplace le solde. */
    public void setBalance(int euros) {
        probe.write(this);
        balance = euros;
    }

    public ReentrantLock lock() {
        return lock;
    }

    @Override
    public String toString() {
        return "compte " + number + " : " + balance + " €";
    }

    // ---------------------------------------------------------------- pour la vérification

    Account watchedBy(Probe probe) {
        this.probe = probe;
        return this;
    }

    Account closed() {
        closed = true;
        return this;
    }

    /** Le solde, sans que personne le remarque. */
    int amount() {
        return balance;
    }

    /** Vrai si ce thread tient le verrou de ce compte, l'un ou l'autre. */
    boolean isLockedBy(Thread thread) {
        if (thread == Thread.currentThread()) return lock.isHeldBy(thread) || Thread.holdsLock(this);
        var info = ManagementFactory.getThreadMXBean().getThreadInfo(new long[] {thread.threadId()}, true, false)[0];
        return lock.isHeldBy(thread) || info != null && Stream.of(info.getLockedMonitors())
                .anyMatch(monitor -> monitor.getIdentityHashCode() == System.identityHashCode(this));
    }

    /** Vrai si ce thread attend le verrou de ce compte, l'un ou l'autre, sans limite de temps. */
    boolean isAwaitedBy(Thread thread) {
        if (lock.waiting.contains(thread) && lock.isLocked() && !lock.isHeldBy(thread)) return true;
        var info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
        return info != null && info.getThreadState() == Thread.State.BLOCKED && info.getLockInfo() != null
                && info.getLockInfo().getIdentityHashCode() == System.identityHashCode(this);
    }

    /** Vrai si ce thread a demandé le verrou de ce compte sans s'engager à l'attendre. */
    boolean isTriedBy(Thread thread) {
        return lock.trying.contains(thread);
    }

    /** Renvoie ceux qui attendent encore : aucun thread ne reste après une vérification. */
    void abandon() {
        lock.abandoned = true;
    }
}
