// Shows that the Vulkan validation layer crashes where devices are opened and closed beside others that are used.
//
// Needs the loader's headers and the layer. With the layer about every second run ends with signal 11 inside
// vkWaitSemaphores (vulkan-validationlayers 1.3.239), by where the addresses fall in the table; without the layer, or
// with a lock, all run to their end:
//
//     cc -O1 -o race Scripts/drivers/validation_layer_race.c -lvulkan -lpthread
//     ./race layer 20
//     ./race plain 20
//     ./race locked 20     opening and closing keeps apart from all other calls, as LayerAccess.swift has it
//
// Every thread uses an instance and a device of its own, so that Vulkan asks for no synchronisation. The layer looks up
// what it knows of a device in one table for all (GetLayerDataPtr in layers/vk_layer_data.h, "We probably should lock
// here"; report 4391 of KhronosGroup/Vulkan-ValidationLayers), which opening a device changes.

#define _GNU_SOURCE
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <vulkan/vulkan.h>

enum { HELD = 6, OPENERS = 2, AT_ONCE = 4 };
static bool layered, locked;
static volatile bool stop;
static long waits, opened;
static pthread_rwlock_t lock;

static void check(VkResult result, const char *call) {
  if (result == VK_SUCCESS) return;
  fprintf(stderr, "%s: %d\n", call, result);
  exit(2);
}

static void change(void) {
  if (locked) pthread_rwlock_wrlock(&lock);
}

static void use(void) {
  if (locked) pthread_rwlock_rdlock(&lock);
}

static void done(void) {
  if (locked) pthread_rwlock_unlock(&lock);
}

static VkInstance makeInstance(void) {
  const char *layer = "VK_LAYER_KHRONOS_validation";
  VkApplicationInfo application = {.sType = VK_STRUCTURE_TYPE_APPLICATION_INFO, .apiVersion = VK_API_VERSION_1_2};
  VkInstanceCreateInfo info = {
      .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
      .pApplicationInfo = &application,
      .enabledLayerCount = layered ? 1 : 0,
      .ppEnabledLayerNames = &layer};
  VkInstance instance;
  change();
  check(vkCreateInstance(&info, NULL, &instance), "vkCreateInstance");
  done();
  return instance;
}

static VkDevice makeDevice(VkInstance instance) {
  uint32_t count = 1;
  VkPhysicalDevice physical;
  use();
  if (vkEnumeratePhysicalDevices(instance, &count, &physical) < 0 || count == 0) exit(3);
  done();
  float priority = 1;
  VkDeviceQueueCreateInfo queue = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO, .queueCount = 1, .pQueuePriorities = &priority};
  VkPhysicalDeviceTimelineSemaphoreFeatures features = {
      .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_TIMELINE_SEMAPHORE_FEATURES, .timelineSemaphore = VK_TRUE};
  VkDeviceCreateInfo info = {
      .sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
      .pNext = &features,
      .queueCreateInfoCount = 1,
      .pQueueCreateInfos = &queue};
  VkDevice device;
  change();
  check(vkCreateDevice(physical, &info, NULL, &device), "vkCreateDevice");
  done();
  return device;
}

static void *keepWaiting(void *unused) {
  VkDevice device = makeDevice(makeInstance());
  VkSemaphoreTypeCreateInfo type = {
      .sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
      .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE,
      .initialValue = 1};
  VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO, .pNext = &type};
  VkSemaphore semaphore;
  use();
  check(vkCreateSemaphore(device, &info, NULL, &semaphore), "vkCreateSemaphore");
  done();
  uint64_t value = 1;   // which it has
  VkSemaphoreWaitInfo wait = {
      .sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO, .semaphoreCount = 1, .pSemaphores = &semaphore, .pValues = &value};
  for (; !stop; waits++) {
    use();
    check(vkWaitSemaphores(device, &wait, UINT64_MAX), "vkWaitSemaphores");
    done();
  }
  return unused;
}

static void *keepOpening(void *unused) {
  VkInstance instance = makeInstance();
  while (!stop) {
    VkDevice devices[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) devices[i] = makeDevice(instance);
    for (int i = 0; i < AT_ONCE; i++) {
      change();
      vkDestroyDevice(devices[i], NULL);
      done();
    }
    __sync_fetch_and_add(&opened, AT_ONCE);
  }
  return unused;
}

int main(int count, char **words) {
  locked = count > 1 && strcmp(words[1], "locked") == 0;
  layered = locked || (count > 1 && strcmp(words[1], "layer") == 0);
  pthread_rwlockattr_t attributes;
  pthread_rwlockattr_init(&attributes);
  pthread_rwlockattr_setkind_np(&attributes, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
  pthread_rwlock_init(&lock, &attributes);
  // The first entries of the table never move; these are in front of the others.
  for (int i = 0; i < HELD; i++) makeDevice(makeInstance());
  pthread_t waiter, openers[OPENERS];
  pthread_create(&waiter, NULL, keepWaiting, NULL);
  for (int i = 0; i < OPENERS; i++) pthread_create(&openers[i], NULL, keepOpening, NULL);
  sleep(count > 2 ? atoi(words[2]) : 20);
  stop = true;
  pthread_join(waiter, NULL);
  for (int i = 0; i < OPENERS; i++) pthread_join(openers[i], NULL);
  printf("%ld waits, %ld devices opened and closed\n", waits, opened);
  return 0;
}
