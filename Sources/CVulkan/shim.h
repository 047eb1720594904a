// Types and constants of Vulkan. No library is linked: functions are looked up when the program runs.
#ifndef SALIENCE_CVULKAN_H
#define SALIENCE_CVULKAN_H

#define VK_NO_PROTOTYPES 1
#include <vulkan/vulkan.h>

// Macros that call other macros are not visible to Swift; constants are.
static const uint32_t SALIENCE_VK_API_1_1 = VK_API_VERSION_1_1;
static const uint32_t SALIENCE_VK_API_1_2 = VK_API_VERSION_1_2;
static const uint32_t SALIENCE_VK_API_1_3 = VK_API_VERSION_1_3;
static const uint64_t SALIENCE_VK_WHOLE_SIZE = VK_WHOLE_SIZE;

// VK_KHR_cooperative_matrix, which headers before 1.3.255 lack. Names and values are the specification's.
typedef struct SalienceCooperativeMatrixPropertiesKHR {
  VkStructureType sType;
  void *pNext;
  uint32_t MSize;
  uint32_t NSize;
  uint32_t KSize;
  int32_t AType;
  int32_t BType;
  int32_t CType;
  int32_t ResultType;
  VkBool32 saturatingAccumulation;
  int32_t scope;
} SalienceCooperativeMatrixPropertiesKHR;

static const uint32_t SALIENCE_VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_PROPERTIES_KHR = 1000506001;

typedef VkResult(VKAPI_PTR *SaliencePFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)(
    VkPhysicalDevice physicalDevice, uint32_t *pPropertyCount, SalienceCooperativeMatrixPropertiesKHR *pProperties);

#endif
