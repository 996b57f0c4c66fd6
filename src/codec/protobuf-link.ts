import { isFieldSet } from '@bufbuild/protobuf'
import {
  type DescriptorProto,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt'

type Kinds = Map<string, FieldDescriptorProto_Type.MESSAGE | FieldDescriptorProto_Type.ENUM>

/**
 * Complete descriptors that were parsed and never linked, as some registries give them (Redpanda's does): a field then names its
 * type as it stands in the text, and does not say whether that is a message or an enum. `known` has the files that others name.
 */
export function linkFiles(files: readonly FileDescriptorProto[], known: readonly FileDescriptorProto[]): void {
  const kinds: Kinds = new Map()
  for (const file of [...files, ...known]) {
    for (const { name } of file.enumType) kinds.set(join(file.package, name), FieldDescriptorProto_Type.ENUM)
    for (const message of file.messageType) addKinds(message, file.package, kinds)
  }
  for (const file of files) for (const message of file.messageType) linkMessage(message, file.package, kinds)
}

function addKinds(message: DescriptorProto, scope: string, kinds: Kinds): void {
  const name = join(scope, message.name)
  kinds.set(name, FieldDescriptorProto_Type.MESSAGE)
  for (const each of message.enumType) kinds.set(join(name, each.name), FieldDescriptorProto_Type.ENUM)
  for (const nested of message.nestedType) addKinds(nested, name, kinds)
}

function linkMessage(message: DescriptorProto, scope: string, kinds: Kinds): void {
  const name = join(scope, message.name)
  for (const nested of message.nestedType) linkMessage(nested, name, kinds)
  for (const field of message.field) {
    if (field.typeName === '') continue
    const found = resolve(field.typeName, name, kinds)
    if (found === undefined) throw new Error(`no file of it defines ${field.typeName.slice(0, 80)}`)
    field.typeName = `.${found}`
    if (!isFieldSet(field, FieldDescriptorProtoSchema.field.type)) field.type = kinds.get(found)!
  }
}

/** A name as Protobuf looks it up: in the message, in what is around it, at the top. */
function resolve(name: string, scope: string, kinds: Kinds): string | undefined {
  if (name.startsWith('.')) return kinds.has(name.slice(1)) ? name.slice(1) : undefined
  for (let around = scope; ; around = around.slice(0, Math.max(0, around.lastIndexOf('.')))) {
    const candidate = join(around, name)
    if (kinds.has(candidate)) return candidate
    if (around === '') return undefined
  }
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`
}
