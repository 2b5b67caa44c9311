# syntax=docker/dockerfile:1
#   docker build -t backup-syncd .
# To use your own npm registry: --secret id=npmrc,src=$HOME/.npmrc

# Pinned by the digests of their indexes of platforms. docs/container.md says how to move to newer ones.
FROM docker.io/restic/restic:0.19.1@sha256:136600b6ff6843d61d355f7f71f460a166429f35de6fd11b568fece3c9a4d510 AS restic
FROM docker.io/rclone/rclone:1.75.2@sha256:2687085f718d3c628f7fdfb77c52a1d344332aed543110bb88088f2c70d43eb5 AS rclone

FROM docker.io/library/node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20 AS system
# Unpinned, because Debian removes a version when it publishes a fixed one.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends ca-certificates tini \
  && rm -rf /var/lib/apt/lists/*

FROM docker.io/library/node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20 AS build
WORKDIR /src
COPY package.json package-lock.json ./
RUN --mount=type=secret,id=npmrc,target=/root/.npmrc \
  npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts/build.mjs scripts/build.mjs
COPY scripts/tools/paths.mjs scripts/tools/paths.mjs
COPY src src
RUN npm run build && npm prune --omit=dev --ignore-scripts --offline --no-audit --no-fund

FROM docker.io/library/node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
LABEL org.opencontainers.image.title="backup-syncd" \
  org.opencontainers.image.description="Copies every new restic snapshot to every storage backend, proves that the copy is complete, and tells Prometheus how old the newest usable snapshot is in every place" \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production
WORKDIR /opt/backup-syncd
COPY --from=system /usr/bin/tini-static /usr/local/bin/tini
# For restic and rclone; Node has its own certificates.
COPY --from=system /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=restic /usr/bin/restic /usr/local/bin/restic
COPY --from=rclone /usr/local/bin/rclone /usr/local/bin/rclone
COPY --from=build /src/node_modules node_modules
COPY package.json LICENSE ./
COPY fixtures fixtures
COPY --from=build /src/dist dist
# A machine ID in the image would give all its containers the same identity.
RUN ln -s /opt/backup-syncd/dist/main.js /usr/local/bin/backup-syncd \
  && install -d /etc/backup-syncd/clients \
  && install -d -m 700 -o 1000 -g 1000 /var/lib/backup-syncd \
  && test ! -s /etc/machine-id
# A number, so that Kubernetes can see that it is not root. It is `node` in the base image.
USER 1000:1000
VOLUME ["/etc/backup-syncd", "/var/lib/backup-syncd"]
EXPOSE 10987
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=1m --timeout=10s --start-period=30s --retries=3 \
  CMD ["node", "/opt/backup-syncd/dist/healthcheck.js"]
# The first process of a container is tini, because it inherits orphans and cannot end itself with a signal, which the
# daemon does while a mount hangs.
ENTRYPOINT ["tini", "--", "backup-syncd"]
CMD ["run"]
