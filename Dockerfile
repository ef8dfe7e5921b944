# The image of every process of a production installation: the locked packages, the code, and nothing that builds.
# docs/operations.md says what of it was tried, and how.
ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS packages
ENV UV_COMPILE_BYTECODE=1 UV_LINK_MODE=copy UV_PROJECT_ENVIRONMENT=/opt/venv
WORKDIR /opt/pmf
RUN pip install --no-cache-dir uv==0.13.9
# The packages change seldom: a layer of their own, before the code.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --all-extras --no-install-project
COPY README.md ./
COPY plugins/pmf plugins/pmf
RUN uv sync --frozen --no-dev --all-extras

FROM python:${PYTHON}
# The typeface of PDFs, the British dictionary and its library; tini ends the children of a process that is stopped.
# Debian's stable release keeps one version of each.
# hadolint ignore=DL3008
RUN apt-get update \
  && apt-get install --yes --no-install-recommends fonts-liberation hunspell-en-gb libenchant-2-2 tini \
  && rm -rf /var/lib/apt/lists/* \
  && groupadd --gid 50000 pmf \
  && useradd --uid 50000 --gid pmf --home-dir /var/lib/pmf --create-home --shell /usr/sbin/nologin pmf
COPY --from=packages /opt/venv /opt/venv
COPY --chown=root:root . /opt/pmf
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1
WORKDIR /opt/pmf
USER 50000:50000
VOLUME /var/lib/pmf
ENTRYPOINT ["tini", "--"]
CMD ["airflow", "version"]
