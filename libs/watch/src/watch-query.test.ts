import { parseWatchQuery } from './watch-query.ts';

describe('parseWatchQuery', () => {
  it.each([
    ['a list', { fieldSelector: 'nodeName=n1' }, { kind: 'list', partition: 'n1' }],
    ['a double equals sign', { fieldSelector: 'nodeName==n1' }, { kind: 'list', partition: 'n1' }],
    [
      'a watch with streamed initial events',
      {
        fieldSelector: 'nodeName=n1',
        watch: '1',
        sendInitialEvents: 'true',
        resourceVersionMatch: 'NotOlderThan',
        allowWatchBookmarks: 'true',
      },
      {
        kind: 'watch',
        partition: 'n1',
        start: { kind: 'state', atLeast: 0 },
        markInitialEventsEnd: true,
        bookmarks: true,
      },
    ],
    [
      'a watch that resumes',
      { fieldSelector: 'nodeName=n1', watch: 'true', resourceVersion: '7', timeoutSeconds: '30' },
      {
        kind: 'watch',
        partition: 'n1',
        start: { kind: 'version', version: 7 },
        markInitialEventsEnd: false,
        bookmarks: false,
        timeoutMs: 30_000,
      },
    ],
    [
      'a watch from any version',
      { fieldSelector: 'nodeName=n1', watch: '1', resourceVersion: '0' },
      {
        kind: 'watch',
        partition: 'n1',
        start: { kind: 'state', atLeast: 0 },
        markInitialEventsEnd: false,
        bookmarks: false,
      },
    ],
    [
      'a timeout beyond the longest timer',
      { fieldSelector: 'nodeName=n1', watch: '1', resourceVersion: '7', timeoutSeconds: '2147484' },
      {
        kind: 'watch',
        partition: 'n1',
        start: { kind: 'version', version: 7 },
        markInitialEventsEnd: false,
        bookmarks: false,
        timeoutMs: 2_147_483_647,
      },
    ],
  ])('parses %s', (_, raw, query) => {
    expect(parseWatchQuery(raw, 'nodeName')).toEqual({ ok: true, query });
  });

  it.each([
    ['no Node', {}, 'fieldSelector is missing: send fieldSelector=nodeName=<name>'],
    [
      'another field',
      { fieldSelector: 'metadata.name=x' },
      'fieldSelector "metadata.name=x" is not understood: send fieldSelector=nodeName=<name>',
    ],
    [
      'several faults at once',
      { fieldSelector: 'nodeName=n1', watch: 'yes', resourceVersion: '-1' },
      'watch: "yes" is not true or false; resourceVersion: "-1" is not a whole number',
    ],
    [
      'initial events without their companion parameters',
      { fieldSelector: 'nodeName=n1', watch: '1', sendInitialEvents: 'true' },
      'sendInitialEvents=true: send resourceVersionMatch=NotOlderThan with it; ' +
        'sendInitialEvents=true: send allowWatchBookmarks=true with it, a bookmark ends the initial events',
    ],
  ])('refuses %s', (_, raw, message) => {
    expect(parseWatchQuery(raw, 'nodeName')).toEqual({ ok: false, message });
  });

  it('needs no Node for a resource that is the same for all Nodes', () => {
    expect(parseWatchQuery({})).toEqual({ ok: true, query: { kind: 'list', partition: '' } });
  });
});
