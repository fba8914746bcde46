"""What a WSGI server loads: `gunicorn wsgi:app`."""

from grants.app import create_app

app = create_app()
