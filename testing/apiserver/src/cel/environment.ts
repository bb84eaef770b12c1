import { Environment } from '@marcbachmann/cel-js';
import { isCIDR } from '../model/formats.ts';
import { Cidr, IpAddress, isIP } from './addresses.ts';

/** A compiled CEL expression: call it with `self` and `oldSelf`. */
export type Program = ReturnType<Environment['parse']>;

/** A CEL environment with the part of Kubernetes' IP and CIDR library that our rules use. */
export function kubernetesEnvironment(): Environment {
  return new Environment({ unlistedVariablesAreDyn: false, enableOptionalTypes: true })
    .registerType('net.IP', IpAddress)
    .registerType('net.CIDR', Cidr)
    .registerFunction('isIP(string): bool', isIP)
    .registerFunction('isCIDR(string): bool', isCIDR)
    .registerFunction('ip(string): net.IP', (text: string) => new IpAddress(text))
    .registerFunction('cidr(string): net.CIDR', (text: string) => new Cidr(text))
    .registerFunction('net.IP.family(): int', (ip: IpAddress) => BigInt(ip.family))
    .registerFunction('net.CIDR.containsIP(string): bool', (cidr: Cidr, text: string) =>
      cidr.containsIP(text),
    )
    .registerFunction('net.CIDR.containsCIDR(string): bool', (cidr: Cidr, text: string) =>
      cidr.containsCIDR(text),
    )
    .registerFunction('net.CIDR.ip(): net.IP', (cidr: Cidr) => cidr.address)
    .registerFunction('net.CIDR.prefixLength(): int', (cidr: Cidr) => BigInt(cidr.prefixLength));
}

/** Rules are type-checked when a definition is stored, so they are evaluated without types. */
const evaluating = kubernetesEnvironment()
  .registerVariable('self', 'dyn')
  .registerVariable('oldSelf', 'dyn');
const programs = new Map<string, Program>();

/** Compiles an expression for evaluation. Throws on bad syntax. */
export function programOf(expression: string): Program {
  let program = programs.get(expression);
  if (program === undefined) {
    program = evaluating.parse(expression);
    programs.set(expression, program);
  }
  return program;
}
