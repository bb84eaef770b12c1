import { hex, INTERNAL_SET, NODES_SET, PODS_SET } from '@sallyport/dataplane';
import type { Action, Match, Rule, SetName } from './rule.ts';

/** A rule as `iptables-save` prints it after `-A <chain> `. */
export function renderRule({ when, action }: Rule): string {
  return [...when.map(renderMatch), `-j ${renderAction(action)}`].join(' ');
}

const SETS: Readonly<Record<SetName, string>> = {
  pods: PODS_SET,
  internal: INTERNAL_SET,
  nodes: NODES_SET,
};

function renderMatch(match: Match): string {
  const not = 'not' in match ? '! ' : '';
  switch (match.kind) {
    case 'in':
      return `${not}-i ${match.device}`;
    case 'out':
      return `${not}-o ${match.device}`;
    case 'mark':
    case 'connmark':
      return `-m ${match.kind} ${not}--mark ${hex(match.value)}/${hex(match.mask)}`;
    case 'direction':
      return `-m conntrack --ctdir ${match.direction.toUpperCase()}`;
    case 'state':
      return `-m conntrack --ctstate ${match.states.join(',').toUpperCase()}`;
    case 'set': {
      const side = match.side === 'source' ? 'src' : 'dst';
      return `-m set ${not}--match-set ${SETS[match.set]} ${side}`;
    }
    case 'udp-port':
      return `-p udp -m udp --dport ${match.port}`;
    case 'to-this-node':
      return '-m addrtype --dst-type LOCAL';
    case 'forged':
      return '-m rpfilter --invert';
    case 'tcp-syn':
      return '-p tcp -m tcp --tcp-flags SYN,RST SYN';
  }
}

function renderAction(action: Action): string {
  switch (action.kind) {
    case 'drop':
    case 'accept':
    case 'return':
      return action.kind.toUpperCase();
    case 'keep-source':
      // Ends the nat table, so that no rule after it translates.
      return 'ACCEPT';
    case 'untrack':
      return 'CT --notrack';
    case 'clamp-mss':
      return 'TCPMSS --clamp-mss-to-pmtu';
    case 'call':
      return action.chain;
    case 'mark-by-path':
      return `SET --map-set ${PODS_SET} src --map-mark`;
    case 'zone-by-mark':
      return 'CT --zone-orig mark';
    case 'set-mark':
      return `MARK --set-xmark ${hex(action.value)}/${hex(action.mask)}`;
    case 'set-connmark':
      return `CONNMARK --set-xmark ${hex(action.value)}/${hex(action.mask)}`;
    case 'translate':
      return `SNAT --to-source ${action.egressIP}`;
  }
}
