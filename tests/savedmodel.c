/* Runs a SavedModel through TensorFlow's C library, as TensorFlow Serving does: no Python.

   Usage: savedmodel FOLDER < REQUESTS

   Requests are lines of words:
     in OPERATION INDEX DTYPE RANK SIZE... FILE    feeds a file's bytes (strings: its lines)
     out OPERATION INDEX FILE                      writes a tensor's bytes to a file
     run                                           runs what was named since the last run

   Prints "loaded SECONDS", then "ran SECONDS" for each run, and "FILE DTYPE SIZE..." for each of
   its outputs. Ends with status 1 and one line on standard error if anything fails. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "tensorflow/c/c_api.h"

#define MOST 8      /* tensors of a request */
#define MOST_RANK 8 /* of a tensor */

static void fail(const char* what, const char* why) {
  fprintf(stderr, "%s: %s\n", what, why);
  exit(1);
}

static void check(const char* what, const TF_Status* status) {
  if (TF_GetCode(status) != TF_OK) fail(what, TF_Message(status));
}

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + 1e-9 * now.tv_nsec;
}

static char* contents(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  if (!file) fail(path, "cannot be read");
  fseek(file, 0, SEEK_END);
  *size = ftell(file);
  rewind(file);
  char* data = malloc(*size + 1);
  if (fread(data, 1, *size, file) != *size) fail(path, "cannot be read");
  fclose(file);
  data[*size] = 0;
  return data;
}

static TF_Tensor* tensor_of(const char* path, TF_DataType dtype, const int64_t* sizes, int rank) {
  size_t size, count = 1;
  char* data = contents(path, &size);
  for (int i = 0; i < rank; i++) count *= sizes[i];
  size_t bytes = count * (dtype == TF_STRING ? sizeof(TF_TString) : TF_DataTypeSize(dtype));
  TF_Tensor* tensor = TF_AllocateTensor(dtype, sizes, rank, bytes);
  if (dtype == TF_STRING) {
    TF_TString* strings = TF_TensorData(tensor);
    char* line = strtok(data, "\n");
    for (size_t i = 0; i < count; i++, line = strtok(NULL, "\n")) {
      if (!line) fail(path, "has too few lines");
      TF_StringInit(&strings[i]);
      TF_StringCopy(&strings[i], line, strlen(line));
    }
  } else {
    if (size != bytes) fail(path, "has not as many bytes as the tensor");
    memcpy(TF_TensorData(tensor), data, bytes);
  }
  free(data);
  return tensor;
}

static TF_Output output_of(TF_Graph* graph, const char* name, int index) {
  TF_Operation* operation = TF_GraphOperationByName(graph, name);
  if (!operation) fail(name, "is no operation of the graph");
  return (TF_Output){operation, index};
}

int main(int argc, char** argv) {
  if (argc != 2) fail("usage", "savedmodel FOLDER < REQUESTS");
  TF_Status* status = TF_NewStatus();
  TF_Graph* graph = TF_NewGraph();
  const char* tags[] = {"serve"};
  double start = seconds();
  TF_Session* session = TF_LoadSessionFromSavedModel(TF_NewSessionOptions(), NULL, argv[1], tags, 1,
                                                     graph, NULL, status);
  check("loading", status);
  printf("loaded %f\n", seconds() - start);

  TF_Output in[MOST], out[MOST];
  TF_Tensor *fed[MOST], *fetched[MOST];
  char files[MOST][512], word[8], name[512], path[512];
  int ins = 0, outs = 0, index, dtype, rank;
  while (scanf("%7s", word) == 1) {
    if (strcmp(word, "in") == 0 && ins < MOST) {
      int64_t sizes[MOST_RANK];
      if (scanf("%511s %d %d %d", name, &index, &dtype, &rank) != 4 || rank > MOST_RANK)
        fail("in", "OPERATION INDEX DTYPE RANK SIZE... FILE");
      for (int i = 0; i < rank; i++) {
        long size;
        if (scanf("%ld", &size) != 1) fail("in", "a size is missing");
        sizes[i] = size;
      }
      if (scanf("%511s", path) != 1) fail("in", "the file is missing");
      in[ins] = output_of(graph, name, index);
      fed[ins++] = tensor_of(path, dtype, sizes, rank);
    } else if (strcmp(word, "out") == 0 && outs < MOST) {
      if (scanf("%511s %d %511s", name, &index, files[outs]) != 3)
        fail("out", "OPERATION INDEX FILE");
      out[outs++] = output_of(graph, name, index);
    } else if (strcmp(word, "run") == 0) {
      start = seconds();
      TF_SessionRun(session, NULL, in, fed, ins, out, fetched, outs, NULL, 0, NULL, status);
      check("running", status);
      printf("ran %f\n", seconds() - start);
      for (int i = 0; i < ins; i++) TF_DeleteTensor(fed[i]);
      for (int i = 0; i < outs; i++) {
        FILE* file = fopen(files[i], "wb");
        size_t bytes = TF_TensorByteSize(fetched[i]);
        if (!file || fwrite(TF_TensorData(fetched[i]), 1, bytes, file) != bytes || fclose(file))
          fail(files[i], "cannot be written");
        printf("%s %d", files[i], TF_TensorType(fetched[i]));
        for (int d = 0; d < TF_NumDims(fetched[i]); d++)
          printf(" %lld", (long long)TF_Dim(fetched[i], d));
        printf("\n");
        TF_DeleteTensor(fetched[i]);
      }
      ins = outs = 0;
    } else {
      fail(word, "is no request, or one too many");
    }
  }
  TF_CloseSession(session, status);
  TF_DeleteSession(session, status);
  TF_DeleteGraph(graph);
  return 0;
}
