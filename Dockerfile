# afterlab in an image that holds nothing else: no shell, no package manager, not root.
#
#     docker build --tag afterlab .
#     docker run --rm afterlab scan --demo
#
# Base images are named by tag here. To pin them, put the digest behind the tag (rust:1.95-slim-bookworm@sha256:…), as
# `docker buildx imagetools inspect rust:1.95-slim-bookworm` prints it.

FROM rust:1.95-slim-bookworm AS build
WORKDIR /afterlab
# Only what the package is made of (.dockerignore), so that a change in tests or guide builds nothing anew.
COPY . .
RUN cargo build --release --locked --package afterlab

# glibc of the same Debian release as above.
FROM gcr.io/distroless/cc-debian12:nonroot
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="afterlab" \
      org.opencontainers.image.description="Audits an AWS account after a lab. Read-only." \
      org.opencontainers.image.licenses="MIT OR Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.source="$SOURCE"
COPY --from=build /afterlab/target/release/afterlab /usr/local/bin/afterlab
COPY --from=build /afterlab/LICENSE-APACHE /afterlab/LICENSE-MIT /afterlab/NOTICE /usr/share/doc/afterlab/
# Reports and snapshots: docker run -v "$PWD:/work".
WORKDIR /work
# nonroot, by number, so that a cluster can tell that it is not root.
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/afterlab"]
