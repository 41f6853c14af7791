package display;

/** Là où les valeurs se montrent : sous une cellule quand le noyau en a installé un, sinon la sortie standard. */
public interface Screen {

    /**
     * Montre une valeur.
     *
     * @param value  peut être null
     * @param id     le nom de cet affichage, pour le remplacer plus tard
     * @param update vrai pour remplacer l'affichage de ce nom plutôt qu'en ajouter un
     */
    void show(Object value, String id, boolean update);

    /**
     * Efface la sortie de la cellule.
     *
     * @param wait vrai pour attendre la prochaine sortie, ce qui évite un clignotement
     */
    void clear(boolean wait);

    /** Hors d'un notebook : du texte, à la suite. */
    Screen TEXT = new Screen() {
        @Override
        public void show(Object value, String id, boolean update) {
            System.out.println(value);
        }

        @Override
        public void clear(boolean wait) {
            // un terminal garde ce qu'il a montré
        }
    };
}
