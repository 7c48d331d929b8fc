# NATS with JetStream, for coordinators that stand by for each other: Debian's package, without an init of its own.
#   docker build -f docker/nats.Dockerfile -t shoal-nats .
FROM debian:bookworm-slim
COPY docker/install-nats.sh /tmp/
RUN apt-get update \
    && apt-get install -y --no-install-recommends tini \
    && sh /tmp/install-nats.sh \
    && rm -rf /tmp/install-nats.sh /var/lib/apt/lists/* /var/cache/* /var/log/apt /var/log/dpkg.log \
    && install -d -o 1000 -g 1000 /jetstream
LABEL org.opencontainers.image.title="Shoal nats" \
      org.opencontainers.image.description="Keeps what coordinators share, and says which of them leads" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0"
USER 1000:1000
WORKDIR /jetstream
EXPOSE 4222 6222 8222
# Whether it takes connections; it has no program that asks over HTTP.
HEALTHCHECK --interval=2s --timeout=2s --start-period=30s --retries=5 CMD ["bash", "-c", ": < /dev/tcp/127.0.0.1/4222"]
ENTRYPOINT ["tini", "--", "nats-server", "--jetstream", "--store_dir", "/jetstream", "--http_port", "8222"]
