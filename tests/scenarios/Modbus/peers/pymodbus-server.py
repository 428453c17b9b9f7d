"""A Modbus server on pymodbus: tcp PORT FRAMING, or serial DEVICE FRAMING; FRAMING is socket, rtu or ascii.

Units 1, 2 and 200; the values follow from unit and address, so that a test can know them.
"""

import asyncio
import sys

from pymodbus.datastore import ModbusSequentialDataBlock, ModbusServerContext, ModbusSlaveContext
from pymodbus.device import ModbusDeviceIdentification
from pymodbus.server.async_io import StartAsyncSerialServer, StartAsyncTcpServer
from pymodbus.transaction import ModbusAsciiFramer, ModbusRtuFramer, ModbusSocketFramer

FRAMERS = {"socket": ModbusSocketFramer, "rtu": ModbusRtuFramer, "ascii": ModbusAsciiFramer}
SIZE = 65536


def unit(number):
    return ModbusSlaveContext(
        co=ModbusSequentialDataBlock(0, [(i + number) % 3 == 0 for i in range(SIZE)]),
        di=ModbusSequentialDataBlock(0, [(i + number) % 5 == 0 for i in range(SIZE)]),
        hr=ModbusSequentialDataBlock(0, [(i * 3 + number) & 0xFFFF for i in range(SIZE)]),
        ir=ModbusSequentialDataBlock(0, [(i ^ number) for i in range(1024)]),
        zero_mode=True,
    )


async def main(transport, where, framing):
    context = ModbusServerContext(slaves={number: unit(number) for number in (1, 2, 200)}, single=False)
    identity = ModbusDeviceIdentification(
        info_name={
            "VendorName": "Pymodbus",
            "ProductCode": "PM",
            "VendorUrl": "http://example.invalid/",
            "ProductName": "Peer",
            "ModelName": "Model 7",
            "MajorMinorRevision": "3.0",
        }
    )
    framer = FRAMERS[framing]
    if transport == "tcp":
        await StartAsyncTcpServer(context=context, identity=identity, framer=framer, address=("127.0.0.1", int(where)))
    else:
        await StartAsyncSerialServer(context=context, identity=identity, framer=framer, port=where, baudrate=115200, timeout=0.005, ignore_missing_slaves=True)


asyncio.run(main(*sys.argv[1:4]))
