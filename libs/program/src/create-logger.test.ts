import { Writable } from 'node:stream';
import { createLogger } from './create-logger.ts';

describe('createLogger', () => {
  it('writes JSON with the level as a word and the time in ISO 8601', async () => {
    const line = JSON.parse(await logged('json', 'info')) as Record<string, unknown>;
    expect(line).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as unknown,
      node: 'n1',
      msg: 'watch interrupted',
    });
  });

  it('writes text of one line', async () => {
    expect(await logged('text', 'info')).toMatch(
      /^\[\d{4}-\S+Z\] WARN: watch interrupted \{"node":"n1"\}\n$/,
    );
  });

  it.each(['json', 'text'] as const)('leaves out less severe messages: %s', async (logFormat) => {
    expect(await logged(logFormat, 'error')).toBe('');
  });

  describe('with an error', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const failed = Object.assign(new Error('GET /api/v1/pods', { cause: refused }), {
      code: 'WATCH_HTTP',
    });

    it.each<[string, Error, unknown]>([
      [
        'that has a code',
        failed,
        { code: 'WATCH_HTTP', message: 'GET /api/v1/pods: connect ECONNREFUSED' },
      ],
      [
        'that is the sum of such errors',
        new AggregateError([failed, refused], '2 statuses'),
        { message: '2 statuses: GET /api/v1/pods: connect ECONNREFUSED; connect ECONNREFUSED' },
      ],
      [
        'that is a time limit',
        new DOMException('no answer', 'TimeoutError'),
        { message: 'no answer' },
      ],
    ])('%s writes its message once and no stack', async (_, err, fields) => {
      const json = await logged('json', 'info', { err });
      expect(JSON.parse(json)).toMatchObject({ err: fields });
      expect(json).not.toContain('stack');
      expect(await logged('text', 'info', { err })).not.toContain('    at ');
    });

    it('that is a bug writes the stack', async () => {
      const err = new TypeError('x is undefined');
      expect(JSON.parse(await logged('json', 'info', { err }))).toMatchObject({
        err: { type: 'TypeError', stack: expect.stringContaining('    at ') as unknown },
      });
    });
  });
});

/** The text that a warning gives. */
async function logged(
  logFormat: 'json' | 'text',
  logLevel: 'info' | 'error',
  keys: object = { node: 'n1' },
): Promise<string> {
  let text = '';
  const sink = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const logger = await createLogger({ logFormat, logLevel }, sink);
  logger.warn(keys, 'watch interrupted');
  return text;
}
