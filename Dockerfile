# Le cours dans un conteneur : docker build -t cours . && docker run --rm -p 127.0.0.1:8888:8888 cours
FROM debian:trixie-slim AS tools
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bash ca-certificates curl git openjdk-25-jdk-headless python3 python3-venv \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --shell /bin/bash --uid 1000 eleve
ENV LANG=C.UTF-8
USER eleve

FROM tools
RUN mkdir /home/eleve/cours
WORKDIR /home/eleve/cours
COPY --chown=eleve:eleve . .
RUN ./jbangw setup
EXPOSE 8888
# 0.0.0.0 : toutes les interfaces du conteneur, et c'est « -p » qui dit à qui il s'ouvre. Le jeton reste demandé.
CMD [".venv/bin/jupyter", "lab", "--no-browser", "--ip=0.0.0.0", "--KernelManager.transport_encryption=auto", "--LabApp.extra_labextensions_path=src/tools/labextension", "notebooks/01-premiers-threads.ipynb"]
