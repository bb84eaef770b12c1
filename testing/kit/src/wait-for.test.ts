import { waitFor } from './wait-for.ts';

describe('waitFor', () => {
  it('returns the first answer that is neither undefined nor false', async () => {
    const answers = [undefined, false, 0] as const;
    let asked = 0;
    expect(await waitFor('an answer', () => answers[asked++], { intervalMs: 0 })).toBe(0);
    expect(asked).toBe(3);
  });

  it('names the awaited thing and the present state when the time is over', async () => {
    const wait = waitFor('the gateway', () => Promise.resolve(false), {
      timeoutMs: 10,
      intervalMs: 1,
      actual: () => 'no Node',
    });
    await expect(wait).rejects.toThrow('waited 0.01 s for the gateway; instead: no Node');
  });

  it('ends at once with an error of the question', async () => {
    const wait = waitFor('an answer', () => Promise.reject(new Error('refused')));
    await expect(wait).rejects.toThrow('refused');
  });
});
