/* The same reads with libmodbus' own client: TARGET REQUESTS REGISTERS. TARGET is a TCP port of this machine, or a serial device at
   115 200 baud. Prints CPU microseconds a request. */
#include <modbus.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

static double cpu(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 + used.ru_utime.tv_usec + used.ru_stime.tv_usec;
}

int main(int argc, char **argv)
{
    uint16_t registers[125];
    if (argc != 4)
        return 2;
    modbus_t *context = argv[1][0] == '/' ? modbus_new_rtu(argv[1], 115200, 'N', 8, 1) : modbus_new_tcp("127.0.0.1", atoi(argv[1]));
    int requests = atoi(argv[2]);
    modbus_set_slave(context, 1);
    modbus_set_response_timeout(context, 5, 0);
    if (modbus_connect(context) < 0)
        return 1;
    double before = cpu();
    for (int i = 0; i < requests; i++)
        if (modbus_read_registers(context, 0, atoi(argv[3]), registers) < 0)
            return 1;
    printf("%.3f\n", (cpu() - before) / requests);
    modbus_close(context);
    modbus_free(context);
    return 0;
}
