/** A Python service with an ordinary Dockerfile, by the names of its files. */
export const PYTHON = {
  'web/requirements.txt': 'flask==3.1.1\ngunicorn==23.0.0\n',
  'web/app.py': `from flask import Flask, jsonify

app = Flask(__name__)


@app.get("/health")
def health():
    return "ok"


@app.get("/")
def home():
    return jsonify(hello="world")
`,
  'web/Dockerfile': `FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
`,
};
