#!/usr/bin/python3
"""Runs the API of python-troveclient for several requests in one process.

Each request is a line of JSON. The response is a line of JSON with the figures.
"""
import json
import os
import sys
import time

from mistralclient.api.client import client as mistral_client
from troveclient.v1 import backups


def memory():
    """The peak memory of this process since the last reset, in bytes."""
    with open('/proc/self/status') as lines:
        return next(int(line.split()[1]) * 1024 for line in lines
                    if line.startswith('VmHWM'))


def connect():
    """Trove's client logs in to Mistral without the domains, and fails."""
    e = os.environ
    mistral = mistral_client(
        auth_url=e['OS_AUTH_URL'], username=e['OS_USERNAME'],
        api_key=e['OS_PASSWORD'], project_name=e['OS_PROJECT_NAME'],
        user_domain_name=e['OS_USER_DOMAIN_NAME'],
        project_domain_name=e['OS_PROJECT_DOMAIN_NAME'])
    api = backups.Backups(None)
    api.schedule_list('none', mistral_client=mistral)
    return api, {'mistral_client': mistral}


def main():
    api, client = None, {}
    created = []
    for line in sys.stdin:
        request = json.loads(line)
        what = request['do']
        if what == 'connect':
            api, client = connect()
            response = {}
        else:
            with open('/proc/self/clear_refs', 'w') as refs:
                refs.write('5')
            start = time.perf_counter()
            if what == 'executions':
                rows = api.execution_list(request['id'], **client)
            elif what == 'schedules':
                rows = api.schedule_list(request['id'], **client)
            elif what == 'delete-executions':
                rows = request['ids']
                for id_ in rows:
                    api.execution_delete(id_, **client)
            elif what == 'create':
                rows = created = [
                    api.schedule_create(r['Instance'], r['Pattern'], r['Name'],
                                        **client) for r in request['rows']]
            elif what == 'delete-made':
                rows = created
                for schedule in rows:
                    api.schedule_delete(schedule, **client)
            seconds = time.perf_counter() - start
            response = {'seconds': seconds, 'count': len(rows),
                      'peak': memory()}
        print(json.dumps(response), flush=True)


main()
