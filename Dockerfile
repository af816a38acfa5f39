# The production image: locked dependencies, built assets, no compiler, no root.
ARG PYTHON_VERSION=3.11

FROM python:${PYTHON_VERSION}-slim-bookworm AS dependencies
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PROJECT_ENVIRONMENT=/opt/venv
RUN pip install --no-cache-dir uv==0.13.9
WORKDIR /app
COPY pyproject.toml uv.lock ./
RUN uv sync --locked --no-default-groups

FROM dependencies AS assets
RUN uv sync --locked --no-default-groups --group assets
COPY . .
# A key for this one command: collecting files signs nothing, and no layer below keeps it.
RUN /opt/venv/bin/python -m compileall -q accounts blueprints csom journeys metrics \
 && SECRET_KEY=for-collecting-files-only /opt/venv/bin/python manage.py build_assets \
 && SECRET_KEY=for-collecting-files-only /opt/venv/bin/python manage.py collectstatic --noinput --verbosity 0

FROM python:${PYTHON_VERSION}-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 CSOM_HOME=/tmp/csom LOG_FORMAT=json
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin csom
WORKDIR /app
COPY --from=dependencies /opt/venv /opt/venv
COPY --from=assets /app /app
USER 10001
EXPOSE 8000
CMD ["gunicorn", "csom.wsgi", "--bind", "0.0.0.0:8000", "--workers", "2", "--threads", "4", "--worker-tmp-dir", "/dev/shm", "--no-control-socket"]
