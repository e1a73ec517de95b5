# The image holds the program, the models and a built index: once built it needs no network. Its root file system may be
# read-only; what it writes (the SQLite database, temporary files) goes to one volume, /var/lib/wholeads.

ARG PYTHON=3.11

FROM python:${PYTHON}-slim-bookworm AS build
# PyPI's torch brings some GB of libraries for graphics cards on x86-64. Where an index of torch's CPU builds is named
# here, pip takes those, since a local version is newer: --build-arg PIP_EXTRA_INDEX_URL=…
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PATH=/opt/wholeads/bin:$PATH
WORKDIR /src
RUN python -m venv /opt/wholeads
# What is installed from others changes seldom, and keeps a layer of its own.
COPY pyproject.toml constraints.txt ./
RUN python -c "import tomllib; project = tomllib.load(open('pyproject.toml', 'rb'))['project']; print(*project['dependencies'], *project['optional-dependencies']['postgresql'], sep='\n')" > requirements.txt \
    && pip install --constraint constraints.txt --requirement requirements.txt
COPY README.md LICENSE app.py ./
COPY corpus corpus
COPY index index
COPY bot bot
RUN pip install --constraint constraints.txt --no-deps . \
    && WHOLEADS_INDEX=/opt/wholeads/index wholeads index

FROM python:${PYTHON}-slim-bookworm
COPY --from=build /opt/wholeads /opt/wholeads
RUN useradd --uid 10001 --user-group --no-create-home --home-dir /var/lib/wholeads wholeads \
    && install --directory --owner=wholeads --group=wholeads --mode=0700 /var/lib/wholeads
ENV PATH=/opt/wholeads/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOME=/var/lib/wholeads \
    TMPDIR=/var/lib/wholeads \
    HF_HUB_OFFLINE=1 \
    WHOLEADS_HOST=0.0.0.0 \
    WHOLEADS_PORT=8000 \
    WHOLEADS_INDEX=/opt/wholeads/index \
    DATABASE_URL=sqlite:////var/lib/wholeads/wholeads.db
USER 10001:10001
WORKDIR /var/lib/wholeads
VOLUME /var/lib/wholeads
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=5s --start-period=120s --retries=3 \
    CMD ["python", "-c", "import http.client, os; server = http.client.HTTPConnection('127.0.0.1', int(os.environ['WHOLEADS_PORT']), timeout=4); server.request('GET', '/readyz'); raise SystemExit(server.getresponse().status != 200)"]
ENTRYPOINT ["wholeads"]
CMD ["serve"]
