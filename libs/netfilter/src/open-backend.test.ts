import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import { defaultMarks } from '@sallyport/dataplane';
import { openBackend } from './open-backend.ts';

it('auto takes iptables where nft refuses our tables, and decides nothing when nft has not answered', async () => {
  const open = (exitStatus: number | null): ReturnType<typeof openBackend> => {
    const error = new CommandError(['nft'], 'failed', exitStatus, '');
    const run: RunCommand = () => Promise.reject(error);
    const config = { marks: defaultMarks, tunnelPort: 6081 };
    return openBackend(run, config, 'auto', { keepOther: true });
  };
  expect(await open(1)).toMatchObject({ backend: 'iptables', reason: 'nft: failed' });
  await expect(open(null)).rejects.toThrow('nft: failed');
});
