#!/usr/bin/python3
"""python-troveclient's API in a process that stays, and does what it is asked.

A line of JSON says what to do, a line of JSON what came of it.
"""
import json
import os
import sys
import time

from mistralclient.api.client import client as mistral_client
from troveclient.v1 import backups


def memory():
    """The most that this process held since the last reset, in bytes."""
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
    api, by = None, {}
    made = []
    for line in sys.stdin:
        ask = json.loads(line)
        what = ask['do']
        if what == 'connect':
            api, by = connect()
            answer = {}
        else:
            with open('/proc/self/clear_refs', 'w') as refs:
                refs.write('5')
            start = time.perf_counter()
            if what == 'executions':
                rows = api.execution_list(ask['id'], **by)
            elif what == 'schedules':
                rows = api.schedule_list(ask['id'], **by)
            elif what == 'delete-executions':
                rows = ask['ids']
                for id_ in rows:
                    api.execution_delete(id_, **by)
            elif what == 'create':
                rows = made = [
                    api.schedule_create(r['Instance'], r['Pattern'], r['Name'],
                                        **by) for r in ask['rows']]
            elif what == 'delete-made':
                rows = made
                for schedule in rows:
                    api.schedule_delete(schedule, **by)
            seconds = time.perf_counter() - start
            answer = {'seconds': seconds, 'count': len(rows),
                      'peak': memory()}
        print(json.dumps(answer), flush=True)


main()
