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

typedef struct SalienceCooperativeMatrixFeaturesKHR {
  VkStructureType sType;
  void *pNext;
  VkBool32 cooperativeMatrix;
  VkBool32 cooperativeMatrixRobustBufferAccess;
} SalienceCooperativeMatrixFeaturesKHR;

static const uint32_t SALIENCE_VK_STRUCTURE_TYPE_COOPERATIVE_MATRIX_FEATURES_KHR = 1000506000;

// VK_KHR_shader_bfloat16, which headers before 1.4.311 lack.
typedef struct SalienceShaderBFloat16FeaturesKHR {
  VkStructureType sType;
  void *pNext;
  VkBool32 shaderBFloat16Type;
  VkBool32 shaderBFloat16DotProduct;
  VkBool32 shaderBFloat16CooperativeMatrix;
} SalienceShaderBFloat16FeaturesKHR;

static const uint32_t SALIENCE_VK_STRUCTURE_TYPE_SHADER_BFLOAT16_FEATURES_KHR = 1000141000;

typedef VkResult(VKAPI_PTR *SaliencePFN_vkGetPhysicalDeviceCooperativeMatrixPropertiesKHR)(
    VkPhysicalDevice physicalDevice, uint32_t *pPropertyCount, SalienceCooperativeMatrixPropertiesKHR *pProperties);

#endif
