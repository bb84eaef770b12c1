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
});

/** The text that a warning gives. */
async function logged(logFormat: 'json' | 'text', logLevel: 'info' | 'error'): Promise<string> {
  let text = '';
  const sink = new Writable({
    write(chunk, _, done) {
      text += String(chunk);
      done();
    },
  });
  const logger = await createLogger({ logFormat, logLevel }, sink);
  logger.warn({ node: 'n1' }, 'watch interrupted');
  return text;
}
