# A worker: the `shoal` command without the page, and OpenBLAS for runs with `fast` numerics.
#   docker build -f docker/worker.Dockerfile -t shoal-worker .
# The stages `manifests`, `build` and `packages` are those of coordinator.Dockerfile, so that the two share their layers.

# What the lockfile names, before any source: a changed source leaves the installed packages in the cache.
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY packages/core/package.json packages/core/
COPY packages/worker/package.json packages/worker/
COPY packages/coordinator/package.json packages/coordinator/
COPY packages/dashboard/package.json packages/dashboard/

# No package needs its install script: the native ones bring their binaries along.
FROM manifests AS build
RUN npm ci --ignore-scripts
COPY nx.json tsconfig.base.json ./
COPY packages packages
RUN NX_TUI=false npm run build \
    && find packages/*/dist \( -name '*.map' -o -name '*.d.ts' -o -name '*.tsbuildinfo' \) -delete

# TypeScript comes along as an optional peer of valibot, which needs it for types alone; and SQLite for another C library.
FROM manifests AS packages
RUN npm ci --ignore-scripts --omit=dev --workspace @shoal/coordinator \
    && rm -rf node_modules/typescript node_modules/@typescript node_modules/@libsql/*-musl package-lock.json .npmrc

FROM node:24-bookworm-slim
# The first process of a container gets no default action for signals; tini gives it one, also while Shoal starts.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libopenblas0-pthread tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/apt /var/log/dpkg.log
WORKDIR /app
ENV NODE_ENV=production
COPY --from=packages /app ./
COPY LICENSE docker/health/worker.sh ./
COPY packages/coordinator/bin packages/coordinator/bin
COPY packages/dashboard/index.js packages/dashboard/
COPY --from=build /app/packages/core/dist packages/core/dist
COPY --from=build /app/packages/worker/dist packages/worker/dist
COPY --from=build /app/packages/coordinator/dist packages/coordinator/dist
ENV SHOAL_STATUS_FILE=/tmp/shoal-worker-status

LABEL org.opencontainers.image.title="Shoal worker" \
      org.opencontainers.image.description="Computes gradients for the coordinator that it is pointed to" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0"
USER 1000:1000
WORKDIR /tmp
HEALTHCHECK --interval=5s --timeout=5s --start-period=60s --retries=3 CMD ["/app/worker.sh"]
ENTRYPOINT ["tini", "--", "node", "/app/packages/coordinator/bin/shoal.js", "worker"]
CMD ["--help"]
