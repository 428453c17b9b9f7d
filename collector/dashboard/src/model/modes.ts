/** Codes of the modes that history holds as numbers. The vocabulary never changes a code; a test compares this with it. */
export const modeCodes: Record<string, Record<number, string>> = {
  'ups.mode': {
    0: 'unknown', 1: 'online', 2: 'eco', 3: 'high_efficiency', 4: 'battery', 5: 'bypass', 6: 'bypass_maintenance', 7: 'bypass_fault',
    8: 'boost', 9: 'trim', 10: 'test', 11: 'off', 12: 'standby', 13: 'converter',
  },
  'cooling.mode': {
    0: 'unknown', 1: 'off', 2: 'standby', 3: 'cooling', 4: 'free_cooling', 5: 'mixed', 6: 'dehumidifying', 7: 'heating', 8: 'humidifying',
    9: 'idle', 10: 'fault', 11: 'on',
  },
};
