"""The yardstick: Flask with one route, served the same way as the house."""

from flask import Flask

app = Flask("hello")


@app.get("/")
def hello() -> str:
    return "hello"
