import { Closers } from './closers.ts';

it('undoes everything in reverse, whatever fails, and says what failed', async () => {
  const closed: string[] = [];
  const closers = new Closers();
  for (const name of ['first', 'second', 'third']) {
    await closers.add(name, () => {
      closed.push(name);
      return name === 'second' ? Promise.reject(new Error('second is stuck')) : Promise.resolve();
    });
  }
  await expect(closers.close()).rejects.toThrow('second is stuck');
  expect(closed).toEqual(['third', 'second', 'first']);
});

it('undoes at once a step that comes after the end', async () => {
  const closers = new Closers();
  await closers.close();
  let isClosed = false;
  const late = closers.add('the guest', () => {
    isClosed = true;
    return Promise.resolve();
  });
  await expect(late).rejects.toThrow('the guest came too late');
  expect(isClosed).toBe(true);
});
