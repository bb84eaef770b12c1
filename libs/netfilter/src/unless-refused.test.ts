import { CommandError } from '@sallyport/command';
import { unlessRefused } from './unless-refused.ts';

const missing = Object.assign(new Error('spawn nft ENOENT'), { code: 'ENOENT' });

it.each([
  ['is not installed', new CommandError(['nft'], 'could not be started', null, '', missing)],
  ['refuses', new CommandError(['nft'], 'exit status 1', 1, 'No such file or directory')],
])('there is no answer of a program that %s', async (_, error) => {
  await expect(unlessRefused(Promise.reject(error))).resolves.toBeUndefined();
});

it.each([
  ['ran out of time', new CommandError(['nft'], 'killed', null, '')],
  ['did not get its lock', new CommandError(['iptables'], 'exit status 4', 4, 'xtables lock')],
  ['is not the fault', new TypeError('a fault of ours')],
])('the failure of a program that %s stays one', async (_, error) => {
  await expect(unlessRefused(Promise.reject(error))).rejects.toBe(error);
});
