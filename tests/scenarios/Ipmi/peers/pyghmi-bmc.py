# pyghmi's own controller with DCMI readings of power and temperatures added: PORT USER PASSWORD.
import struct
import sys

import pyghmi.ipmi.bmc as bmc


class Controller(bmc.Bmc):
    def get_power_state(self):
        return 'on'

    def handle_raw_request(self, request, session):
        if request['netfn'] == 0x2C and request['command'] == 0x02:
            figures = struct.pack('<HHHHIIB', 1215, 900, 1267, 1222, 0x60000000, 5000, 0x40)
            session.send_ipmi_response(data=[0xDC] + list(figures))
            return
        if request['netfn'] == 0x2C and request['command'] == 0x10:
            celsius = {0x40: [23], 0x41: [51, -2]}.get(request['data'][2], [])
            pairs = [each for i, value in enumerate(celsius) for each in (0x80 | -value if value < 0 else value, i + 1)]
            session.send_ipmi_response(data=[0xDC, len(celsius), len(celsius)] + pairs)
            return
        super(Controller, self).handle_raw_request(request, session)


Controller({sys.argv[2]: sys.argv[3]}, port=int(sys.argv[1])).listen()
