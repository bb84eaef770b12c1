import { rivalOf } from './rival.ts';

it.each([
  ['inet', 'sallyport', 'nat-postrouting', -199, false],
  ['ip', 'nat', 'POSTROUTING', -199, false],
  ['ip', 'nat', 'of-somebody', -199, true],
  ['ip', 'sallyport', 'of-somebody', -199, true],
  ['inet', 'kindnet-ipmasq', 'postrouting', 90, false],
])('the chain of %s %s %s at %d is a rival: %s', (family, table, name, priority, isRival) => {
  expect(rivalOf([{ family, table, name, priority }]) !== undefined).toBe(isRival);
});
