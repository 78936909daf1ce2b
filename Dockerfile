# danze, every role of it: the verb is the command (docker-compose.yml). Locked dependencies, checked by their hashes.
FROM python:3.11-slim AS build
ARG PIP_INDEX_URL
ARG PIP_TRUSTED_HOST
# A machine behind a mirror names it: docker compose build --build-arg PIP_INDEX_URL=…
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python3 -m venv /opt/danze
WORKDIR /src
COPY requirements.lock ./
RUN /opt/danze/bin/pip install --require-hashes -r requirements.lock
COPY . .
RUN /opt/danze/bin/pip install --no-deps --no-build-isolation . && /opt/danze/bin/python -m compileall -q /opt/danze/lib

FROM python:3.11-slim
RUN useradd --system --uid 10001 --no-create-home --home-dir /nonexistent danze && install -d -o danze -m 700 /var/lib/danze /var/lib/seals /var/lib/sealkey
COPY --from=build /opt/danze /opt/danze
ENV PATH=/opt/danze/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER danze
WORKDIR /tmp
ENTRYPOINT ["danze"]
CMD ["--help"]
