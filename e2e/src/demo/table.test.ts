import { renderTable } from './table.ts';

it('aligns the columns and underlines the header', () => {
  expect(
    renderTable([
      ['Pod', 'seen'],
      ['prod/web-1', '192.168.77.200'],
    ]),
  ).toBe('Pod          seen\n----------   --------------\nprod/web-1   192.168.77.200');
});
