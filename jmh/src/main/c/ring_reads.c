// Reads blocks of 4 KiB of a file through io_uring as a queue's thread of ours does, and prints reads a second and ns of processor time a
// read; the C side of jmh/ring.
//   ring_reads FILE cached|direct DEPTH SECONDS
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>

enum { BLOCK = 4096, READS = 16384, STRIDE = 7919 };

static double now(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what, int error) {
    fprintf(stderr, "ring_reads: %s: %s\n", what, strerror(error));
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: ring_reads FILE cached|direct DEPTH SECONDS\n");
        return 2;
    }
    int fd = open(argv[1], O_RDONLY | (strcmp(argv[2], "direct") == 0 ? O_DIRECT : 0));
    struct stat stat;
    if (fd < 0 || fstat(fd, &stat) < 0) fail(argv[1], errno);
    long blocks = stat.st_size / BLOCK;
    int depth = atoi(argv[3]);
    double seconds = atof(argv[4]);

    struct io_uring ring;
    struct io_uring_params params = {
        .flags = IORING_SETUP_SUBMIT_ALL | IORING_SETUP_CQSIZE | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN |
                 IORING_SETUP_COOP_TASKRUN,
        .cq_entries = 8192,
    };
    int error = io_uring_queue_init_params(512, &ring, &params);
    if (error) fail("io_uring_setup", -error);
    io_uring_register_ring_fd(&ring);
    char *buffers = mmap(NULL, (size_t)depth * BLOCK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (buffers == MAP_FAILED) fail("mmap", errno);

    long block = 0, done = 0;
    double start = now(CLOCK_MONOTONIC), cpu = now(CLOCK_PROCESS_CPUTIME_ID), elapsed;
    do {
        long left = READS;
        int in_flight = 0;
        for (int tag = 0; tag < depth && left > 0; tag++, left--, in_flight++) {
            struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
            block = (block + STRIDE) % blocks;
            io_uring_prep_read(sqe, fd, buffers + (long)tag * BLOCK, BLOCK, block * BLOCK);
            sqe->user_data = tag;
        }
        while (in_flight > 0) {
            error = io_uring_submit_and_wait(&ring, 1);
            if (error < 0 && error != -EINTR) fail("io_uring_enter", -error);
            struct io_uring_cqe *cqe;
            unsigned head, seen = 0;
            io_uring_for_each_cqe(&ring, head, cqe) {
                int tag = cqe->user_data;
                if (cqe->res != BLOCK) fail("read", cqe->res < 0 ? -cqe->res : EIO);
                seen++;
                in_flight--;
                if (left > 0) {
                    struct io_uring_sqe *sqe = io_uring_get_sqe(&ring);
                    block = (block + STRIDE) % blocks;
                    io_uring_prep_read(sqe, fd, buffers + (long)tag * BLOCK, BLOCK, block * BLOCK);
                    sqe->user_data = tag;
                    left--;
                    in_flight++;
                }
            }
            io_uring_cq_advance(&ring, seen);
        }
        done += READS;
        elapsed = now(CLOCK_MONOTONIC) - start;
    } while (elapsed < seconds);
    printf("%.0f\t%.0f\n", done / elapsed, (now(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e9 / done);
    return 0;
}
