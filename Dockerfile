FROM python:3.11-slim AS build
RUN python -m venv /opt/wholemap
COPY requirements/run.txt /build/requirements/
RUN /opt/wholemap/bin/pip install --no-cache-dir --require-hashes -r /build/requirements/run.txt
COPY . /build
RUN /opt/wholemap/bin/pip install --no-cache-dir --no-build-isolation --no-deps /build

FROM python:3.11-slim
RUN useradd --system --uid 1000 --no-create-home wholemap \
    && install -d -o wholemap -m 700 /data /var/cache/wholemap
COPY --from=build /opt/wholemap /opt/wholemap
ENV PATH=/opt/wholemap/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    WHOLEMAP_DATA_DIR=/data \
    NUMBA_CACHE_DIR=/var/cache/wholemap
USER wholemap
# So that no report waits until its kernels are compiled.
RUN python -m graph.analytics.kernels
VOLUME /data
EXPOSE 8080
# Elsewhere the service listens on loopback. In here loopback reaches nobody: it starts when it is
# told that HTTPS stands in front (WHOLEMAP_BEHIND_TLS=1) and a key is there (wholemap key create).
CMD ["wholemap", "serve", "--host", "0.0.0.0", "--port", "8080"]
