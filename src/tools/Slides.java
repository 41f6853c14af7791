///usr/bin/env jbang "$0" "$@" ; exit $?
// ./jbangw slides 05-fichiers

//JAVA 25+
//RUNTIME_OPTIONS -XX:+UseSerialGC -XX:TieredStopAtLevel=1
//SOURCES Lab.java
package tools;

import java.util.Arrays;
import java.util.stream.Stream;

/** Projette une leçon en diapositives : {@code ./jbangw lab --slides}, sous un nom que l'on retient. */
public final class Slides {
    private Slides() {}

    public static void main(String... args) {
        Lab.main(Stream.concat(Stream.of("--slides"), Arrays.stream(args)).toArray(String[]::new));
    }
}
