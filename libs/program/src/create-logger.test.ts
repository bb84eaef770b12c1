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
    const refused = Object.assign(new Error('connect ECONNREFUSED'), {
      code: 'ECONNREFUSED',
      errno: -111,
      syscall: 'connect',
    });
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
      [
        'that fetch has wrapped',
        new TypeError('fetch failed', { cause: refused }),
        { message: 'fetch failed: connect ECONNREFUSED' },
      ],
      [
        'that is the answer of the kernel to an operation',
        operationError(new Error('Request rejected: EBUSY')),
        { code: 'OPERATION_FAILED', message: 'add-route: Request rejected: EBUSY' },
      ],
      [
        'that is a certificate',
        Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' }),
        { code: 'CERT_HAS_EXPIRED', message: 'certificate has expired' },
      ],
    ])('%s writes its message once and no stack', async (_, err, fields) => {
      const json = await logged('json', 'info', { err });
      expect(JSON.parse(json)).toMatchObject({ err: fields });
      expect(json).not.toContain('stack');
      const text = await logged('text', 'info', { err });
      expect(text).toMatch(/^\[\S+\] WARN: watch interrupted \{"err":\{.*\}\}\n$/);
      expect(text).toContain(JSON.stringify(fields).slice(1));
    });

    it.each<[string, Error]>([
      ['a TypeError', new TypeError('x is undefined')],
      ['an error without a code', new Error('x is undefined')],
      ['a TypeError in an adapter', operationError(new TypeError('x is undefined'))],
      ['a failed assertion', withCode('ERR_ASSERTION')],
      ['a wrong argument', operationError(withCode('ERR_INVALID_ARG_TYPE'))],
      ['a wrong use of Fastify', withCode('FST_ERR_DEC_ALREADY_PRESENT')],
      ['a sum of nothing', new AggregateError([])],
      ['a sum with one bug', new AggregateError([refused, new TypeError('x is undefined')])],
    ])('that is a bug writes the stack: %s', async (_, err) => {
      expect(JSON.parse(await logged('json', 'info', { err }))).toMatchObject({
        err: { type: err.constructor.name, stack: expect.stringContaining('    at ') as unknown },
      });
      expect(await logged('text', 'info', { node: 'n1', err })).toMatch(
        /^\[\S+\] WARN: watch interrupted \{"node":"n1","err":\{.*\}\}\n {4}stack: \w*Error.*\n {8,}at /,
      );
    });
  });
});

function operationError(cause: Error): Error {
  const error = new Error(`add-route: ${cause.message}`, { cause });
  return Object.assign(error, { code: 'OPERATION_FAILED' });
}

function withCode(code: string): Error {
  return Object.assign(new TypeError('x is undefined'), { code });
}

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
