# The bot with PostgreSQL's client programs of every major that it speaks to, and a server to
# rehearse on. Nothing in it runs as root, and nothing of it needs a shell.
#
#   docker build --tag migration-bot .
#   docker run --rm --volume "$PWD:/work:ro" migration-bot check --all
FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /source
# What is locked changes seldom: it is installed before the code is looked at.
COPY requirements.txt ./
COPY .ci/requirements-release.txt .ci/
RUN python -m venv /tools \
  && /tools/bin/pip install --quiet --require-hashes --requirement .ci/requirements-release.txt \
  && python -m venv --without-pip /opt/migration-bot \
  && /tools/bin/pip --python /opt/migration-bot/bin/python install --quiet --no-deps \
    --require-hashes --requirement requirements.txt
COPY . .
RUN /tools/bin/python .ci/release build /dist \
  && /tools/bin/pip --python /opt/migration-bot/bin/python install --quiet --no-deps /dist/*.whl

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="migration-bot" \
  org.opencontainers.image.description="Safe PostgreSQL schema change by pull request, for Prisma Migrate folders." \
  org.opencontainers.image.licenses="MIT"
# The key of PostgreSQL's own archive stands in this repository; apt takes packages of no other there.
COPY .ci/releasing/image/apt.postgresql.org.asc /usr/share/keyrings/apt.postgresql.org.asc
ARG POSTGRES_MAJORS="13 14 15 16 17 18"
# Packages come with the corrections of the day that the image is built on, so no version is named.
RUN . /etc/os-release \
  && printf 'deb [signed-by=/usr/share/keyrings/apt.postgresql.org.asc] %s %s-pgdg main\n' \
    https://apt.postgresql.org/pub/repos/apt "$VERSION_CODENAME" > /etc/apt/sources.list.d/pgdg.list \
  && apt-get update \
  && packages="" \
  && for major in $POSTGRES_MAJORS; do packages="$packages postgresql-client-$major"; done \
  && apt-get install --yes --no-install-recommends git $packages \
  && rm -rf /var/lib/apt/lists/* \
  # The checkout belongs to whoever mounted it, and git would not read it otherwise.
  && git config --system --add safe.directory /work \
  # PostgreSQL refuses to run as root, and wants a user that has a name.
  && useradd --uid 10001 --user-group --create-home bot
COPY --from=build /opt/migration-bot /opt/migration-bot
ENV PATH=/opt/migration-bot/bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONSAFEPATH=1
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/opt/migration-bot/bin/migration-bot"]
CMD ["--help"]
