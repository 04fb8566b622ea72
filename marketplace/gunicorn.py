"""How gunicorn serves the site: `gunicorn -c python:marketplace.gunicorn marketplace.wsgi`.

What a process is made of is loaded once, before the workers are forked off, and shared by them:
two workers take 0.4 GB instead of 0.6. Nothing is connected or running by then
(`tests/site/test_serving.py`).
"""

preload_app = True
workers = 2
threads = 4
control_socket_disable = True
