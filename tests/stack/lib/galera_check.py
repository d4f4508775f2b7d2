"""Tells HAProxy whether a node of Galera takes requests, as clustercheck does in a cloud.

galera_check.py PORT=SOCKET...: for each node, a web server that returns 200 if
the node is synchronised, and otherwise 503.
"""
import http.server
import sys
import threading

import pymysql


def is_synced(socket):
    try:
        connection = pymysql.connect(unix_socket=socket, user='root', connect_timeout=1, read_timeout=1)
        try:
            with connection.cursor() as cursor:
                cursor.execute("show status like 'wsrep_local_state_comment'")
                return cursor.fetchone()[1] == 'Synced'
        finally:
            connection.close()
    except pymysql.Error:
        return False


def handler(socket):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_OPTIONS(self):
            self.send_response(200 if is_synced(socket) else 503)
            self.send_header('Content-Length', '0')
            self.end_headers()

        do_GET = do_OPTIONS

        def log_message(self, *args):
            pass

    return Handler


for port, socket in (argument.split('=') for argument in sys.argv[1:]):
    server = http.server.ThreadingHTTPServer(('127.0.0.1', int(port)), handler(socket))
    threading.Thread(target=server.serve_forever).start()
