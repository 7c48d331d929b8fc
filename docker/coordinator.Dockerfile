# The coordinator: the `shoal` command with the page that it serves.
#   docker build -f docker/coordinator.Dockerfile -t shoal-coordinator .
# The stages `manifests`, `build` and `packages` are those of worker.Dockerfile, so that the two share their layers.

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
    && apt-get install -y --no-install-recommends tini \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/apt /var/log/dpkg.log
WORKDIR /app
ENV NODE_ENV=production
COPY --from=packages /app ./
COPY LICENSE docker/health/coordinator.mjs ./
COPY packages/coordinator/bin packages/coordinator/bin
COPY packages/dashboard/index.js packages/dashboard/
COPY --from=build /app/packages/core/dist packages/core/dist
COPY --from=build /app/packages/worker/dist packages/worker/dist
COPY --from=build /app/packages/dashboard/dist packages/dashboard/dist
COPY --from=build /app/packages/coordinator/dist packages/coordinator/dist
# Folders to mount volumes on: a new volume takes over their owner. `join` is for what workers may read.
RUN install -d -o node -g node /runs /data /join /metrics-token
# A data set is looked for in /data, and a download goes there.
ENV SHOAL_DATA_DIR=/data XDG_CACHE_HOME=/data

LABEL org.opencontainers.image.title="Shoal coordinator" \
      org.opencontainers.image.description="Owns a training run, hands its work to workers and serves the page to watch it" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0"
USER 1000:1000
WORKDIR /runs
EXPOSE 7465
# The first start may download a data set before it answers.
HEALTHCHECK --interval=5s --timeout=5s --start-period=600s --retries=3 \
    CMD ["node", "/app/coordinator.mjs"]
ENTRYPOINT ["tini", "--", "node", "/app/packages/coordinator/bin/shoal.js"]
CMD ["serve", "--out", "/runs", "--port", "7465"]
