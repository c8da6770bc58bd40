# One image for web, worker, beat and migrations; docker-compose.yml says which command each runs.
FROM python:3.13-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    CARECOORD_HOME=/var/lib/carecoord

RUN useradd --system --uid 10001 --home-dir /var/lib/carecoord --create-home carecoord \
    && install -d -o carecoord -m 700 /var/lib/anchor
WORKDIR /app

COPY requirements/base.txt requirements/base.txt
RUN pip install --no-cache-dir --require-hashes -r requirements/base.txt

COPY . .
# Settings need these two to be read; nothing connects while files are collected.
RUN COLLECTING=1 SECRET_KEY=build DATABASE_URL=postgres://build REDIS_URL=redis://build:6379/0 \
    python -m django collectstatic --noinput --settings carecoord.settings \
    && python -m compileall -q .

USER carecoord
VOLUME /var/lib/carecoord
EXPOSE 8000
CMD ["gunicorn", "carecoord.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "4", "--no-control-socket"]
