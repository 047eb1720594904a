// Where an invocation stands in a grid whose groups fill the x axis and then the y axis: one axis holds 65,535 groups.

// The group's size stands here because it must be declared before anything reads it.
layout(local_size_x_id = 0) in;

uint group_index() { return gl_WorkGroupID.y * gl_NumWorkGroups.x + gl_WorkGroupID.x; }

uint invocation_index() { return group_index() * gl_WorkGroupSize.x + gl_LocalInvocationID.x; }
