import { anomalyText } from './evidence';
import type { Language } from './index';

/** Names of the causes that the built-in rules know; a rule of the site keeps the name that the site gave it. */
const causes: Record<Language, Record<string, string>> = {
  en: {
    no_answer: 'No answer', leak: 'Leak', leak_sensor: 'Leak sensor', fire: 'Fire', contact: 'Contact', over_temperature: 'Over-temperature', supply_temperature: 'Supply temperature',
    humidity: 'Humidity', condensation: 'Condensation', flow_low: 'Low flow', unit_fault: 'Unit at fault', pump: 'Pump', fan: 'Fan', compressor: 'Compressor', level: 'Fluid level', valve: 'Valve',
    on_battery: 'On battery', on_bypass: 'On bypass', maintenance_bypass: 'Maintenance bypass', no_output: 'No output', eco_flaps: 'ECO unstable', eco_disturbed: 'ECO disturbed', eco_unused: 'ECO unused', battery: 'Battery',
    battery_replace: 'Battery old', overload: 'Overload', breaker: 'Breaker', redundancy: 'Redundancy', generator: 'Generator', power_supply: 'Power supply', own_alarm: 'Device alarm', anomaly: 'Anomaly', test: 'Test',
    heat_balance: 'Heat balance', fouling: 'Fouling', multivariate: 'Unusual behaviour', stuck: 'Sensor stuck', drift: 'Sensor drift', frozen_sensor: 'Sensor frozen', chiller: 'Chiller',
  },
  'zh-CN': {
    no_answer: '无应答', leak: '漏液', leak_sensor: '漏液传感器', fire: '火警', contact: '干接点', over_temperature: '超温', supply_temperature: '供液/送风温度',
    humidity: '湿度', condensation: '凝露', flow_low: '流量低', unit_fault: '设备故障', pump: '水泵', fan: '风机', compressor: '压缩机', level: '液位', valve: '阀门',
    on_battery: '电池供电', on_bypass: '旁路', maintenance_bypass: '维修旁路', no_output: '无输出', eco_flaps: 'ECO 频繁切换', eco_disturbed: 'ECO 受扰', eco_unused: 'ECO 未启用', battery: '电池',
    battery_replace: '电池待更换', overload: '过载', breaker: '断路器', redundancy: '冗余', generator: '发电机', power_supply: '电源模块', own_alarm: '设备自身告警', anomaly: '异常', test: '测试',
    heat_balance: '热平衡', fouling: '结垢', multivariate: '行为异常', stuck: '传感器卡死', drift: '传感器漂移', frozen_sensor: '传感器冻结', chiller: '冷水机组',
  },
};

/** The texts of the built-in rules, as default-rules.yaml has them, in the other languages. What stands in braces is carried over. */
export const texts: Record<Exclude<Language, 'en'>, Record<string, string>> = {
  'zh-CN': {
    'agent {device} is away': '采集代理 {device} 离线',
    'nothing behind {device} answers': '{device} 之后的设备均无应答',
    '{device} does not answer': '{device} 无应答',
    'leak detected {part}': '检测到漏液 {part}',
    '{device} reports a leak': '{device} 报告漏液',
    'leak sensor at fault {part}': '漏液传感器故障 {part}',
    'smoke detected {part}': '检测到烟雾 {part}',
    'contact {part} in alarm': '干接点 {part} 告警',
    'inlet air rose by {value} in 15 min': '进风温度 15 分钟内上升 {value}',
    'inlet air {value}, above {limit}': '进风 {value}，高于 {limit}',
    'air {value}, above {limit}': '空气 {value}，高于 {limit}',
    'supply air {value} above the set point': '送风高于设定值 {value}',
    'humidity {value}, above {limit}': '湿度 {value}，高于 {limit}',
    'coolant supply {value}, above {limit}': '供液 {value}，高于 {limit}',
    'coolant supply {value} off the set point': '供液偏离设定值 {value}',
    'coolant supply {value} above the set point': '供液高于设定值 {value}',
    'coolant only {value} above the dew point': '冷却液仅高于露点 {value}',
    'temperature difference {value}, above {limit}: low flow': '温差 {value}，高于 {limit}：流量低',
    '{device} is at fault': '{device} 故障',
    'chilled water {value} above the set point': '冷冻水高于设定值 {value}',
    'pump {part} at fault': '水泵 {part} 故障',
    'fan {part} at fault': '风机 {part} 故障',
    'compressor {part} at fault': '压缩机 {part} 故障',
    'fluid level low {part}': '液位低 {part}',
    'fluid level critical {part}': '液位过低 {part}',
    'valve {value} off its command': '阀位偏离指令 {value}',
    'tank fluid {value}, above {limit}': '槽内液体 {value}，高于 {limit}',
    '{device} runs on battery': '{device} 由电池供电',
    '{device} is on bypass and nobody planned it': '{device} 非计划转入旁路',
    '{device} is on maintenance bypass': '{device} 处于维修旁路',
    '{device} gives no power': '{device} 无输出',
    '{device} went in and out of ECO {value} times in an hour': '{device} 一小时内进出 ECO {value} 次',
    '{device} saw disturbances while in ECO': '{device} 在 ECO 模式下受到扰动',
    '{device} is online although ECO is configured': '{device} 已配置 ECO 却处于在线模式',
    'battery {value}, below {limit}': '电池 {value}，低于 {limit}',
    '{device} reports its battery': '{device} 报告电池告警',
    'battery is {value}': '电池状态：{value}',
    'battery wants replacement': '电池需要更换',
    'load {value}, above {limit}': '负载 {value}，高于 {limit}',
    'load {part} near overload': '负载 {part} 接近过载',
    'load {part} overloaded': '负载 {part} 过载',
    '{device} reports overload': '{device} 报告过载',
    'breaker {part} tripped': '断路器 {part} 跳闸',
    '{device} has one source left': '{device} 仅剩一路电源',
    '{device} has no source': '{device} 两路电源均失去',
    'generator at fault': '发电机故障',
    'power supply {part} is {value}': '电源模块 {part}：{value}',
    'redundancy lost {part}': '冗余丧失 {part}',
    '{device} reports over-temperature': '{device} 报告超温',
    '{device} warns {part}': '{device} 预警 {part}',
    '{device} alarms {part}': '{device} 告警 {part}',
    '{device} calls itself critical': '{device} 自报严重状态',
    'its rule is gone': '规则已取消',
    'start-up': '启动阶段',
  },
};

const forms = new Map(Object.entries(texts).map(([language, list]) => [language, Object.entries(list).map(([text, translation]) => ({ form: formOf(text), names: namesOf(text), translation }))]));

/** "own_alarm" of an unknown rule reads "own alarm". */
export function causeLabel(language: Language, cause: string): string {
  return causes[language][cause] ?? cause.replaceAll('_', ' ');
}

/** The collector's text in a language; one that nobody has translated is shown as it came, which beats hiding it. */
export function alarmText(language: Language, text: string): string {
  for (const { form, names, translation } of forms.get(language) ?? []) {
    const match = form.exec(text);
    if (match) {
      return names.reduce((said, name, index) => said.replace(`{${name}}`, match[index + 1] ?? ''), translation).trim();
    }
  }
  return anomalyText(language, text) ?? text;
}

function namesOf(text: string): string[] {
  return [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!);
}

/** A part that is missing leaves no second space behind. */
function formOf(text: string): RegExp {
  const pattern = text.split(/( ?\{\w+\})/).map((piece) =>
    piece === ' {part}' ? '(?: (.+?))?' : /\{\w+\}/.test(piece) ? `${piece.startsWith(' ') ? ' ' : ''}(.+?)` : piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('');
  return new RegExp(`^${pattern}$`);
}
