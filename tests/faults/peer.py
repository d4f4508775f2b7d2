#!/usr/bin/python3
"""python-troveclient's API in a process that stays, and says what came of it.

A line of JSON says what to do; a line of JSON says what was given, or what
the user was told instead.
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


def do(api, by, what, instance=None, pattern=None, name=None, id=None):
    if what == 'create':
        return [api.schedule_create(instance, pattern, name, **by).id]
    if what == 'list':
        return [row.id for row in api.schedule_list(instance, **by)]
    if what == 'delete':
        api.schedule_delete(id, **by)
    elif what == 'delete execution':
        api.execution_delete(id, **by)
    return []


def main():
    api, by = backups.Backups(None), {}
    for line in sys.stdin:
        ask = json.loads(line)
        try:
            if ask['what'] == 'connect':
                by = {'mistral_client': connect()}
                answer = {'ids': do(api, by, 'list', 'none')}
            else:
                answer = {'ids': do(api, by, **ask)}
        except Exception:
            answer = {'error': traceback.format_exc()}
        print(json.dumps(answer), flush=True)


main()
