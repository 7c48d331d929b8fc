# https in front of the coordinator: nginx with the certificate that is mounted at /tls.
#   docker build -f docker/proxy.Dockerfile -t shoal-proxy .
FROM debian:bookworm-slim
RUN apt-get update \
    && apt-get install -y --no-install-recommends nginx \
    && rm -rf /var/lib/apt/lists/* /var/cache/* /var/log/*
COPY docker/proxy/nginx.conf /etc/nginx/nginx.conf

LABEL org.opencontainers.image.title="Shoal proxy" \
      org.opencontainers.image.description="https in front of a Shoal coordinator" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="0.1.0"
USER 33:33
EXPOSE 8443
STOPSIGNAL SIGQUIT
HEALTHCHECK --interval=5s --timeout=5s --retries=3 CMD ["bash", "-c", ": < /dev/tcp/127.0.0.1/8443"]
CMD ["nginx", "-e", "stderr", "-g", "daemon off;"]
