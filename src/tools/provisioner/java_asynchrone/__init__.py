"""Le côté Jupyter du noyau Java du cours."""
