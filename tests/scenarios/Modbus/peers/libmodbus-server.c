/* A Modbus server on libmodbus: "tcp PORT" or "rtu DEVICE UNIT". Values follow from the address, so that a test can know them. */
#include <errno.h>
#include <modbus.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <unistd.h>

/* Input registers and discrete inputs end here, so that an illegal address exists. */
#define INPUTS 1024
#define ALL 65536

static modbus_mapping_t *values(void)
{
    modbus_mapping_t *map = modbus_mapping_new(ALL, INPUTS, ALL, INPUTS);
    if (map == NULL)
        exit(1);
    for (int i = 0; i < ALL; i++) {
        map->tab_bits[i] = i % 3 == 0;
        map->tab_registers[i] = (uint16_t)(i * 7 + 3);
    }
    for (int i = 0; i < INPUTS; i++) {
        map->tab_input_bits[i] = i % 5 == 0;
        map->tab_input_registers[i] = (uint16_t)(i ^ 0x5A5A);
    }
    /* 230.25 high word first, -17.5 low word first; the library's own helpers swap bytes as well in some versions. */
    map->tab_registers[1000] = 0x4366;
    map->tab_registers[1001] = 0x4000;
    map->tab_registers[1002] = 0x0000;
    map->tab_registers[1003] = 0xC18C;
    return map;
}

static int serve_tcp(int port, modbus_mapping_t *map)
{
    modbus_t *context = modbus_new_tcp("127.0.0.1", port);
    int listener = modbus_tcp_listen(context, 8);
    fd_set all;
    int most = listener;
    uint8_t query[MODBUS_TCP_MAX_ADU_LENGTH];

    if (listener < 0) {
        fprintf(stderr, "listen: %s\n", modbus_strerror(errno));
        return 1;
    }
    FD_ZERO(&all);
    FD_SET(listener, &all);
    for (;;) {
        fd_set ready = all;
        if (select(most + 1, &ready, NULL, NULL, NULL) < 0)
            return 1;
        for (int fd = 0; fd <= most; fd++) {
            if (!FD_ISSET(fd, &ready))
                continue;
            if (fd == listener) {
                int connection = modbus_tcp_accept(context, &listener);
                FD_SET(connection, &all);
                if (connection > most)
                    most = connection;
                continue;
            }
            modbus_set_socket(context, fd);
            int length = modbus_receive(context, query);
            if (length > 0)
                modbus_reply(context, query, length, map);
            else if (length < 0) {
                close(fd);
                FD_CLR(fd, &all);
            }
        }
    }
}

static int serve_rtu(const char *device, int unit, modbus_mapping_t *map)
{
    modbus_t *context = modbus_new_rtu(device, 115200, 'N', 8, 1);
    uint8_t query[MODBUS_RTU_MAX_ADU_LENGTH];

    modbus_set_slave(context, unit);
    if (modbus_connect(context) < 0) {
        fprintf(stderr, "open: %s\n", modbus_strerror(errno));
        return 1;
    }
    puts("ready");
    fflush(stdout);
    for (;;) {
        int length = modbus_receive(context, query);
        if (length > 0)
            modbus_reply(context, query, length, map);
        else if (length < 0 && errno == EIO)
            return 1;
    }
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc == 3 && strcmp(argv[1], "tcp") == 0)
        return serve_tcp(atoi(argv[2]), values());
    if (argc == 4 && strcmp(argv[1], "rtu") == 0)
        return serve_rtu(argv[2], atoi(argv[3]), values());
    fputs("tcp PORT | rtu DEVICE UNIT\n", stderr);
    return 2;
}
