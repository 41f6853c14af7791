package lessons.processes;

/**
 * Ce que laisse un enfant qui a fini.
 *
 * @param code 0 s'il a réussi
 * @param out ce qu'il a écrit sur sa sortie
 * @param err ce qu'il a écrit sur sa sortie d'erreur
 */
public record Result(int code, String out, String err) {}
