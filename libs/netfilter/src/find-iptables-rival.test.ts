import type { RunCommand } from '@sallyport/command';
import { CommandError } from '@sallyport/command';
import { findIptablesRival } from './find-iptables-rival.ts';

const NFT = 'iptables v1.8.9 (nf_tables)\n';
const LEGACY = 'iptables v1.8.9 (legacy)\n';
const MASQUERADE = `*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -s 10.0.0.0/8 -j MASQUERADE
COMMIT
`;
const EMPTY = '*nat\n:POSTROUTING ACCEPT [0:0]\nCOMMIT\n';

it('the masquerade of the other variant of iptables is a rival, that of our own is none', async () => {
  const rivalWith = (version: string): Promise<string | undefined> =>
    findIptablesRival(
      node({
        'iptables --version': version,
        'iptables-legacy-save': version === NFT ? MASQUERADE : EMPTY,
        'iptables-nft-save': version === NFT ? EMPTY : MASQUERADE,
      }),
      noChains,
    );
  expect(await rivalWith(NFT)).toBe(
    'the chain POSTROUTING of table nat, of iptables-legacy, at priority 100',
  );
  expect(await rivalWith(LEGACY)).toBe(
    'the chain POSTROUTING of table nat, of iptables-nft, at priority 100',
  );
});

it('no rival is found on a Node with one variant of iptables and without nft', async () => {
  expect(await findIptablesRival(node({ 'iptables --version': LEGACY }), noChains)).toBeUndefined();
});

it('an empty table of the other variant is no rival', async () => {
  const answers = { 'iptables --version': NFT, 'iptables-legacy-save': EMPTY };
  expect(await findIptablesRival(node(answers), noChains)).toBeUndefined();
});

it('a search that ran out of time finds out nothing', async () => {
  const error = new CommandError(['iptables-legacy-save'], 'killed', null, '');
  const run: RunCommand = (argv, options) =>
    argv[0] === 'iptables-legacy-save'
      ? Promise.reject(error)
      : node({ 'iptables --version': NFT })(argv, options);
  await expect(findIptablesRival(run, noChains)).rejects.toBe(error);
});

/** A Node with these programs and answers, and no others. */
function node(answers: Readonly<Record<string, string>>): RunCommand {
  return (argv) => {
    const stdout = answers[argv.join(' ')];
    const missing = Object.assign(new Error('not found'), { code: 'ENOENT' });
    return stdout === undefined
      ? Promise.reject(new CommandError(argv, 'could not be started', null, '', missing))
      : Promise.resolve({ stdout, stderr: '' });
  };
}

function noChains(): Promise<[]> {
  return Promise.resolve([]);
}
