#!/usr/bin/python3
"""Runs the API of python-troveclient for several requests in one process.

Each line of standard input is a request as JSON. The response is a line of
JSON on standard output: the ids that the API returned, or the error.
"""
import json
import os
import sys
import traceback

from mistralclient.api.client import client as mistral_client
from troveclient.v1 import backups


def connect():
    """Trove's client logs in to Mistral without the domains, and fails."""
    e = os.environ
    return mistral_client(
        auth_url=e['OS_AUTH_URL'], username=e['OS_USERNAME'],
        api_key=e['OS_PASSWORD'], project_name=e['OS_PROJECT_NAME'],
        user_domain_name=e['OS_USER_DOMAIN_NAME'],
        project_domain_name=e['OS_PROJECT_DOMAIN_NAME'])


def do(api, client, what, instance=None, pattern=None, name=None, id=None):
    if what == 'create':
        return [api.schedule_create(instance, pattern, name, **client).id]
    if what == 'list':
        return [row.id for row in api.schedule_list(instance, **client)]
    if what == 'delete':
        api.schedule_delete(id, **client)
    elif what == 'delete execution':
        api.execution_delete(id, **client)
    return []


def main():
    api, client = backups.Backups(None), {}
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request['what'] == 'connect':
                client = {'mistral_client': connect()}
                response = {'ids': do(api, client, 'list', 'none')}
            else:
                response = {'ids': do(api, client, **request)}
        except Exception:
            response = {'error': traceback.format_exc()}
        print(json.dumps(response), flush=True)


main()
