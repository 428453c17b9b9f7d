import { describe, expect, it } from 'vitest';
import { alarmText } from '@dashboard/i18n/alarms';
import { anomalyText, evidenceText } from '@dashboard/i18n/evidence';

describe('the evidence of detectors', () => {
  it('is said in Chinese clause by clause, with its numbers, and shown as it came where nobody has translated it', () => {
    expect(evidenceText('zh-CN', '1 of 3 pumps lost, 2 running; flow 312 L/min; something new')).toBe('3 台水泵中失去 1 台，2 台运行；流量 312 L/min；something new');
    expect(evidenceText('zh-CN', 'loses 2.1 ± 0.3 L/h over 30 min, warmth and make-up taken out; level 71 %; pressure -3.2 kPa against usual')).toBe(
      '30 min内泄漏 2.1 ± 0.3 L/h，已扣除热膨胀与补液；液位 71 %；压力较平常 -3.2 kPa');
    expect(evidenceText('zh-CN', 'exchanger conductance for its flow down 5.1 % (limit 4 %) since 2026-03-02T10:00:00Z; every other law holds')).toBe(
      'exchanger conductance for its flow 变化 5.1 %（降低，限值 4 %）；其余各定律均成立');
    expect(evidenceText('en', 'flow 312 L/min; wet')).toBe('flow 312 L/min; wet');
  });

  it('has a name for its cause', () => {
    expect(alarmText('zh-CN', 'pump_trip (pumps)')).toBe('水泵跳停（pumps）');
    expect(alarmText('en', 'pump_trip (pumps)')).toBe('pump_trip (pumps)');
    expect(anomalyText('zh-CN', 'nobody knows (pumps)')).toBeNull();
  });
});
